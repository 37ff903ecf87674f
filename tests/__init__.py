"""The proof: what the course promises, tested."""
