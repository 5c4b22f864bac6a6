"""Many lots against a whole catalogue, in partitions that are computed apart, on this machine or on a cluster, and taken up where they stopped."""
