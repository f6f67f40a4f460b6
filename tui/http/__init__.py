"""The articles over HTTP, for programs and browsers on this machine."""
