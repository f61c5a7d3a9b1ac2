"""Whether two parties are one: identifiers first, then names and countries as a proposal for a person."""
