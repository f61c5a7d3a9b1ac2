"""Every company at once on a cluster: the questions of ``engines.local`` as SQL steps on Spark."""
