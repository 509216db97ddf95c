"""The curator's desk in the browser: Datasette with the pages of the desk, for named curators only."""
