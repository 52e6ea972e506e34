@echo off
rem Runs Duet from a checkout that was built before: .\dev package under WSL or Git Bash makes target\duet.
if not exist "%~dp0target\duet\bin\duet.cmd" (
  echo duet: target\duet is not built yet; run "sh duet" in Git Bash once, or unpack a released package.>&2
  exit /b 2
)
call "%~dp0target\duet\bin\duet.cmd" %*
exit /b %ERRORLEVEL%
