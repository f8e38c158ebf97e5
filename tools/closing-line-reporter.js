/** Ends a run with one line that a script can read: `N passed, N failed[, N skipped]`, summed over all suites. */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    // A suite that could not even load counts as one failure: it asserted nothing.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    const line = `${results.numPassedTests} passed, ${failed} failed${tail}\n`;
    // On exit, so that it comes after the summary of every other reporter.
    process.on('exit', () => process.stdout.write(line));
  }
}
