"""The survey of recruitment projects (BMO): from the files of its years to a long table of figures."""
