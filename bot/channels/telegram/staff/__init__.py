"""The group of the staff: what they see of residents' questions and of changed contents, and what they do about them."""
