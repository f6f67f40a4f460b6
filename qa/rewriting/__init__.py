"""Rewrite a follow-up question so that it stands alone, from earlier turns of the conversation."""
