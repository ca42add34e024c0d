"""The API description, the behaviour catalogue, and the checks of ourselves against them."""
