"""The pages of accounts: signing in, one's own account and tokens, the accounts and organisations that one administers."""
