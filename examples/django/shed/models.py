"""Tools and loans."""

from __future__ import annotations

from django.db import models
from django.urls import reverse


class Tool(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    note = models.TextField()
    place = models.PositiveSmallIntegerField(help_text="where on the board it hangs")

    class Meta:
        ordering = ["place"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tool", args=[self.slug])

    @property
    def out(self) -> Loan | None:
        """The loan it is out on; None while it hangs on the board."""
        return next((loan for loan in self.loans.all() if loan.returned is None), None)


class Loan(models.Model):
    tool = models.ForeignKey(Tool, models.CASCADE, related_name="loans")
    borrower = models.CharField(max_length=40)
    taken = models.DateTimeField(auto_now_add=True)
    returned = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-taken", "-id"]
        constraints = [
            # The database decides who was first, however many replicas are asked at once.
            models.UniqueConstraint(
                fields=["tool"], condition=models.Q(returned=None), name="one_open_loan_a_tool"
            )
        ]

    def __str__(self) -> str:
        return f"{self.tool} to {self.borrower}"
