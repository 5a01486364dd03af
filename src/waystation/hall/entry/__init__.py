"""The way in: invitations, second steps, passkeys, providers, sessions; and who may see what, explained."""
