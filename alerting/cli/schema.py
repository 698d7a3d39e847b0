"""`alerting schema`: the JSON Schema of rule files."""

import click


@click.command(
    epilog="""\b
Examples:
  alerting schema > rule-file.schema.json
  then, as the first line of each rule file:
  # yaml-language-server: $schema=rule-file.schema.json
"""
)
def command() -> None:
    """Print the JSON Schema of rule files, so that editors complete and explain what you write."""
    import json

    from alerting.rulefile.jsonschema import rule_file_schema

    click.echo(json.dumps(rule_file_schema(), indent=2, ensure_ascii=False))
