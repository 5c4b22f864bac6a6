"""Pages of sign-in, of the own account and API tokens, and of the administration of accounts and organisations; the audit journal."""
