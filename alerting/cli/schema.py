"""`alerting schema`: print the JSON Schema of rule files, for editors."""

import click

from alerting.errors import UsageError


@click.command(
    epilog="""\b
Examples:
  alerting schema > rule-file.schema.json
  then, as the first line of each rule file:
  # yaml-language-server: $schema=rule-file.schema.json
  alerting schema --catalogue > CATALOGUE.md
  alerting schema --keys > KEYS.md
  alerting schema --figures > FIGURES.md
"""
)
@click.option(
    "--catalogue", "as_catalogue", is_flag=True, help="Print all conditions and limits with formula, use and example."
)
@click.option("--keys", "as_keys", is_flag=True, help="Print all keys with what they take, their default and meaning.")
@click.option("--figures", "as_figures", is_flag=True, help="Print what files of figures may hold, and how it is read.")
def command(*, as_catalogue: bool, as_keys: bool, as_figures: bool) -> None:
    """Print the JSON Schema of rule files, so that editors complete and explain what you write."""
    import json

    if as_catalogue + as_keys + as_figures > 1:
        raise UsageError("--catalogue, --keys and --figures are pages of their own; ask for one")
    if as_catalogue:
        from alerting.rulefile.pages.catalogue import catalogue

        click.echo(catalogue(), nl=False)
        return

    if as_keys:
        from alerting.rulefile.pages.keys import keys_page

        click.echo(keys_page(), nl=False)
        return

    if as_figures:
        from alerting.app.authoring.figures_page import figures_page

        click.echo(figures_page(), nl=False)
        return

    from alerting.rulefile.pages.jsonschema import rule_file_schema

    click.echo(json.dumps(rule_file_schema(), indent=2, ensure_ascii=False))
