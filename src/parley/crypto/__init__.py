"""Keys, COSE, HPKE, Merkle tree, checkpoints: bytes in, bytes out."""
