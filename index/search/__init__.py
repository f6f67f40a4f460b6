"""Vectors by FAISS and keywords by tantivy: their files and their search."""
