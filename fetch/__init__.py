"""Records in: from PubMed through Entrez, and from files."""
