"""The bulk verbs, on one machine and on a cluster, with the same answers."""
