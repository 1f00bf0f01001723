"""A YAML file as it is written, with what a person gets wrong in it said at its line."""

from pathlib import Path
from typing import Any

import yaml

from podcast_insights.errors import SettingsError


class _Loader(yaml.SafeLoader):
    """Refuses a key that is written twice, of which YAML would take the last; shows where a mistake is."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        known: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in known:
                    raise yaml.MarkedYAMLError(
                        problem=f"the key {key.value!r:.80} is written twice in one section; put both into one",
                        problem_mark=key.start_mark,
                    )
                known.add(key.value)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            # A date that no calendar has.
            raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from error


def read_yaml(path: Path) -> Any:
    """Return what a file holds; None where there is none, or nothing in it.

    Raises:
        SettingsError: It cannot be read, or not as YAML; the message says where the mistake is.
    """
    try:
        with path.open(encoding="utf-8") as file:
            return yaml.load(file, _Loader)  # noqa: S506
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} cannot be read as YAML: save it as UTF-8 ({error})") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise SettingsError(f"{path} cannot be read as YAML: {error}") from error
