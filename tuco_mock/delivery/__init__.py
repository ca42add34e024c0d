"""Sends what webhooks are told: the post, the attempt with what is noted of it, the courier that makes them."""
