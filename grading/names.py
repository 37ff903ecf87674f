"""Which names a code cell binds and which it needs from the cells before it."""

import ast
import symtable
from collections.abc import Iterable, Iterator

_COMPREHENSION = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound_names(source: str) -> set[str]:
    """Return the names that a cell's Python code binds for the cells after it."""
    return {name for name, binds in _uses(ast.parse(source)) if binds}


def imported_names(source: str) -> dict[str, str]:
    """Return the names that a cell imports, each with what it stands for, as ``np: numpy``."""
    names: dict[str, str] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return names


def needed_names(source: str) -> set[str]:
    """Return the names that a cell reads before it binds them itself."""
    needed: set[str] = set()
    bound: set[str] = set()
    for name, binds in _uses(ast.parse(source)):
        if binds:
            bound.add(name)
        elif name not in bound:
            needed.add(name)
    # Functions run after their definition, so what the cell binds anywhere counts for them.
    table = symtable.symtable(source, "cell", "exec")
    return needed | (set(_globals_below(table)) - bound)


def _uses(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield (name, whether it is bound) at module level, in the order of execution."""
    match node:
        case ast.Name(id=name, ctx=context):
            yield name, isinstance(context, ast.Store)
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (((a.asname or a.name).partition(".")[0], True) for a in aliases)
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            yield from _uses(value)
            yield from ((name, False), (name, True))
        case ast.ExceptHandler(type=kind, name=name, body=body):
            yield from _uses(kind) if kind else ()
            yield from [(name, True)] if name else []
            for statement in body:
                yield from _uses(statement)
        case _:
            for child in _in_order(node):
                yield from _uses(child)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield node.name, True


def _in_order(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a node that run in its own scope, in the order they run."""
    match node:
        case ast.Assign(targets=targets, value=value):
            return [value, *targets]
        case ast.NamedExpr(target=target, value=value):
            return [value, target]
        case ast.AnnAssign(target=target, value=value):
            return [value, target] if value else []
        case ast.For() | ast.AsyncFor():
            return [node.iter, node.target, *node.body, *node.orelse]
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return [*node.decorator_list, *node.args.defaults]
        case ast.ClassDef():
            return [*node.decorator_list, *node.bases]
        case ast.Lambda():
            return list(node.args.defaults)
    if isinstance(node, _COMPREHENSION):
        # The rest of a comprehension is a scope of its own; a walrus in it binds outside.
        walruses = [n.target for n in ast.walk(node) if isinstance(n, ast.NamedExpr)]
        return [node.generators[0].iter, *walruses]
    return list(ast.iter_child_nodes(node))


def _globals_below(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield the global names that the scopes inside a table read."""
    for child in table.get_children():
        yield from (
            s.get_name() for s in child.get_symbols() if s.is_global() and s.is_referenced()
        )
        yield from _globals_below(child)


def imported_modules(sources: Iterable[str]) -> list[str]:
    """Return the modules that some code imports anywhere, in the order in which it names them."""
    found: dict[str, None] = {}
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                found |= dict.fromkeys(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found[node.module] = None
    return list(found)
