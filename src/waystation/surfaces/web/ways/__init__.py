"""Ways in as people meet them: second steps, passkeys, the provider, invitations, sessions, and who may see what."""
