"""What is frozen, and the policy, outlive a file and a clone."""

from crossing import cross


@cross("frozen_stays_frozen", "policy_stays")
def test_kept(promise, entry):
    promise(entry)
