@echo off
rem Runs Duet from its package: bin\duet.cmd, lib\*.jar. It needs Java 25 or newer, in JAVA_HOME or on the PATH.
setlocal enableextensions
set "_DUET_D=%~dp0.."
set "_DUET_E=java.exe"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "_DUET_E=%JAVA_HOME%\bin\java.exe"
where /q "%_DUET_E%" 2>nul || if not exist "%_DUET_E%" (
  echo duet: needs Java 25 or newer and found no Java at all; winget install EclipseAdoptium.Temurin.25.JDK, or set JAVA_HOME.>&2
  exit /b 2
)
for %%J in ("%_DUET_D%\lib\duet-cli-*.jar") do set "_DUET_J=%%~fJ"
if not defined _DUET_J (
  echo duet: "%_DUET_D%\lib" has no duet-cli jar; unpack the package again.>&2
  exit /b 2
)
"%_DUET_E%" %DUET_JAVA_OPTS% -XX:+IgnoreUnrecognizedVMOptions "@%_DUET_D%\lib\jvm.options" -jar "%_DUET_J%" %*
exit /b %ERRORLEVEL%
