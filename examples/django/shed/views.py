"""The board, a tool, borrowing it and bringing it back."""

from __future__ import annotations

from django.contrib import messages
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from shed.forms import BorrowForm
from shed.models import Loan, Tool

# A tool's page shows this much of its past.
LOANS_SHOWN = 20


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    tools = list(Tool.objects.prefetch_related("loans"))
    out = sum(tool.out is not None for tool in tools)
    return render(request, "shed/board.html", {"tools": tools, "out": out})


@require_safe
def tool(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, get_object_or_404(Tool, slug=slug), BorrowForm())


@require_POST
def borrow(request: HttpRequest, slug: str) -> HttpResponse:
    wanted = get_object_or_404(Tool, slug=slug)
    form = BorrowForm(request.POST)
    if not form.is_valid():
        return _page(request, wanted, form, status=422)
    form.instance.tool = wanted
    try:
        with transaction.atomic():
            form.save()
        messages.success(request, f"The {wanted.name.lower()} is yours. Bring it back clean.")
    except IntegrityError:
        messages.error(request, f"Somebody was quicker: the {wanted.name.lower()} has just gone.")
    return _see(wanted)


@require_POST
def bring_back(request: HttpRequest, slug: str) -> HttpResponse:
    brought = get_object_or_404(Tool, slug=slug)
    changed = Loan.objects.filter(tool=brought, returned=None).update(returned=timezone.now())
    if changed:
        messages.success(request, f"Thank you. The {brought.name.lower()} is on the board again.")
    return _see(brought)


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM shed_tool")
        return JsonResponse({"database": "ok"})
    except DatabaseError:
        return JsonResponse({"database": "unavailable"}, status=503)


def _page(request: HttpRequest, chosen: Tool, form: BorrowForm, status: int = 200) -> HttpResponse:
    loans = chosen.loans.all()[:LOANS_SHOWN]
    context = {"tool": chosen, "loans": loans, "form": form}
    return render(request, "shed/tool.html", context, status=status)


def _see(chosen: Tool) -> HttpResponse:
    response = HttpResponseRedirect(chosen.get_absolute_url())
    response.status_code = 303
    return response
