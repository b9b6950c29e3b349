"""Requests of travel out of a grammar."""

from .travel_requests_dataset_builder import Builder, travel_requests_config

__all__ = ["Builder", "travel_requests_config"]
