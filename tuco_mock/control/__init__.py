"""The control plane under /_tuco: what a test does to the simulated world."""
