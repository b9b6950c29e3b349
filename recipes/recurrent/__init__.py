"""Recurrent networks over long time spans: the recipes."""
