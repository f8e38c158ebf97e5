const built = {
  testEnvironment: 'node',
  transform: {},
  roots: ['libs', 'services', 'examples', 'infra', 'e2e', 'bench'].map((folder) => `<rootDir>/${folder}`),
};

/** Tests run on what `tsc --build` wrote: the code that ships. */
export default {
  // Integration tests wait more than they compute; jest by itself would leave a machine of two cores with one.
  maxWorkers: 2,
  // A test that hangs is ended by it; how fast something is, is measured in bench/.
  testTimeout: 60_000,
  reporters: ['default', '<rootDir>/tools/closing-line-reporter.js'],
  projects: [
    {
      ...built,
      displayName: 'pure',
      testMatch: ['**/dist/**/*.test.js'],
      testPathIgnorePatterns: ['\\.int\\.test\\.js$', '\\.cluster\\.test\\.js$'],
    },
    {
      ...built,
      displayName: 'int',
      testMatch: ['**/dist/**/*.int.test.js'],
      globalSetup: '<rootDir>/infra/local/dist/testing/global-setup.js',
      globalTeardown: '<rootDir>/infra/local/dist/testing/global-teardown.js',
    },
    { ...built, displayName: 'cluster', testMatch: ['**/dist/**/*.cluster.test.js'] },
  ],
};
