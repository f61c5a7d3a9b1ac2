"""Tables, charts, spreadsheets and pages."""
