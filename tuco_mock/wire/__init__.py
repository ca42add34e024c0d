"""What both rooms need of HTTP: read a body, find the token, send JSON."""
