"""`alerting schema`: the JSON Schema of rule files."""

import click


@click.command(
    epilog="""\b
Examples:
  alerting schema > rule-file.schema.json
  then, as the first line of each rule file:
  # yaml-language-server: $schema=rule-file.schema.json
  alerting schema --catalogue > CATALOGUE.md
"""
)
@click.option(
    "--catalogue", "as_catalogue", is_flag=True, help="Print all conditions and limits with formula, use and example."
)
def command(*, as_catalogue: bool) -> None:
    """Print the JSON Schema of rule files, so that editors complete and explain what you write."""
    import json

    if as_catalogue:
        from alerting.rulefile.catalogue import catalogue

        click.echo(catalogue(), nl=False)
        return

    from alerting.rulefile.jsonschema import rule_file_schema

    click.echo(json.dumps(rule_file_schema(), indent=2, ensure_ascii=False))
