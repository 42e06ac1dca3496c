"""Proof that somebody signed two things that cannot both be honest, as a file for anybody."""
