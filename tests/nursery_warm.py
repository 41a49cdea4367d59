"""What the nursery's fork server imports: the rounds, with the weights loaded."""

from tests.nursery import models

models()
