"""What several tables of the control plane's operations name."""

WORKSPACE = "/_tuco/workspaces/{ws}"
"""What the paths of operations on one workspace begin with."""

PAGE = {"after": "those with a higher id", "limit": "so many of them, the oldest"}
"""The query parameters of what is read in pages by number."""
