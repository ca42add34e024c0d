"""The rules of the simulated service: plain Python, with time and ids as arguments; knows no HTTP and no driver."""
