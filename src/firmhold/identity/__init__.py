"""Who asks: organizations, users, and the tokens that name them."""
