"""What is remembered, in two engines: documents (pymongo API) and queue (redis-py API)."""
