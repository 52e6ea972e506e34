/** What a browser does not take of a call, and the call goes on without: for who looks into it. */
export function notTaken(what: string): (error: unknown) => void {
  return (error) => console.debug(`duet: ${what} not taken:`, error);
}
