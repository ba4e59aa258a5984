"""Which application a folder is, and which folder holds Mailroom itself."""

from pathlib import Path

import pytest

from mailroom.application.mailroom_toml import load_settings, local_config
from mailroom.errors import Refused
from mailroom.project import Project

CHECKOUT = Project.find().root
RESOURCES = "Resources: {}\n"


def write(path: Path, text: str = RESOURCES) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["template.yml", "template.yaml", "infra/template.yml"])
def test_a_folder_with_a_template_is_an_application(tmp_path: Path, name: str) -> None:
    template = write(tmp_path / name)

    project = Project.find(start=tmp_path)

    assert (project.root, project.template) == (tmp_path, template)
    assert (project.is_workflow, project.home) == (False, CHECKOUT)


def test_a_file_of_that_name_that_is_no_template_is_passed_over(tmp_path: Path) -> None:
    template = write(tmp_path / "template.yaml")
    write(tmp_path / "below" / "template.yml", "name: of another program\n")

    assert Project.find(start=tmp_path / "below").template == template


def test_mailroom_toml_names_the_template(tmp_path: Path) -> None:
    template = write(tmp_path / "deploy" / "sam.yaml")
    write(tmp_path / "template.yml")
    write(tmp_path / "mailroom.toml", 'template = "deploy/sam.yaml"\n')

    project = Project.find(start=tmp_path)

    assert (project.root, project.template) == (tmp_path, template)


def test_the_variable_names_the_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = write(tmp_path / "other.yaml")
    monkeypatch.setenv("MAILROOM_TEMPLATE", str(template))

    assert Project.find().template == template


def test_a_template_that_is_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "mailroom.toml", 'template = "gone.yaml"\n')

    with pytest.raises(Refused, match=r"there is no template gone\.yaml"):
        Project.find(start=tmp_path)
    monkeypatch.setenv("MAILROOM_TEMPLATE", "gone.yaml")
    with pytest.raises(Refused, match=r"there is no template gone\.yaml"):
        Project.find()


def test_elsewhere_it_is_the_message_workflow_of_this_checkout(tmp_path: Path) -> None:
    project = Project.find(start=tmp_path)

    assert (project.root, project.home, project.is_workflow) == (CHECKOUT, CHECKOUT, True)


def test_a_checkout_is_the_message_workflow_from_each_of_its_folders() -> None:
    for folder in (CHECKOUT, CHECKOUT / "infra", CHECKOUT / "functions" / "messages"):
        project = Project.find(start=folder)

        assert (project.root, project.is_workflow) == (CHECKOUT, True)


def test_a_command_of_the_workflow_refuses_another_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "template.yaml")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(Refused, match="has no message types"):
        Project.find_workflow()


def test_the_stack_has_the_folders_name_unless_a_setting_says_another(tmp_path: Path) -> None:
    write(tmp_path / "my_shop 2" / "template.yaml")
    project = Project.find(start=tmp_path / "my_shop 2")
    named_by_folder = local_config(project).stack
    write(project.root / "mailroom.toml", 'stack = "shop"\n[parameters]\nLimit = 3\nOn = true\n')

    config = local_config(project)

    assert (named_by_folder, config.stack) == ("my-shop-2", "shop")
    assert config.parameters == {"Limit": "3", "On": "true"}


def test_all_faults_of_the_settings_are_named(tmp_path: Path) -> None:
    write(tmp_path / "template.yaml")
    write(tmp_path / "mailroom.toml", 'stack = "a b"\ndatabase = "yes"\nregio = "x"\n')

    with pytest.raises(Refused) as refused:
        load_settings(Project.find(start=tmp_path))

    said = str(refused.value)
    assert "regio is not a setting" in said
    assert "database must be true or false" in said
    assert "stack 'a b' must be" in said
