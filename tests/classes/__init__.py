"""Classes that are graded at once: how the tests of the class run make, grade and compare them."""
