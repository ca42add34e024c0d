"""The verbs: what is done to a workspace, decided by the domain and kept in the state."""
