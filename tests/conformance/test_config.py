"""A layer is its configuration."""

from crossing import cross


@cross("config_round_trip", "config_round_trip_before_building")
def test_config(promise, entry):
    promise(entry)
