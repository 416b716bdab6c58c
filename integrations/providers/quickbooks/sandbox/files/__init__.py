"""The bytes of attachments: how they come in, where they lie, and the addresses that hand them out (§9.11)."""
