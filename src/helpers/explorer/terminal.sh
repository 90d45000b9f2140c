# How a terminal in JupyterLab begins: in the project's folder. The settings of the user's own shell are
# not read: they often put another Python first.
PS1='\W $ '
cd "$JUPYTER_SERVER_ROOT" || true
