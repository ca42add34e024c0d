"""The embedded default of both engines: mongomock with working indexes, fakeredis without the wire."""
