"""The simulated API: one route table, the door every call goes through, one file a noun."""
