"""What a borrower fills in."""

from __future__ import annotations

from django import forms

from shed.models import Loan


class BorrowForm(forms.ModelForm):
    class Meta:
        model = Loan
        fields = ["borrower"]
        labels = {"borrower": "Your name"}
        widgets = {"borrower": forms.TextInput(attrs={"autocomplete": "name", "maxlength": 40})}
