/** The check of a pull request: it runs the code of strangers, so it can read and nothing else. */
export const POLICY_WORKFLOW = `name: policy

on:
  pull_request:
    paths: ['policies/**', 'traffic/**']

permissions:
  contents: read

jobs:
  policy:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
      # For the findings of lint; a fork's token never has it.
      security-events: write
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-node@v5
        with:
          node-version: 26
          cache: npm
      - run: npm ci
      - name: Layout, lint, tests, dry-run
        run: npx signalbox check --format github --out policy-check
      - name: Findings into code scanning
        if: \${{ !cancelled() && github.event.pull_request.head.repo.full_name == github.repository }}
        # Private repositories have code scanning only where it was bought.
        continue-on-error: true
        uses: github/codeql-action/upload-sarif@v4
        with:
          sarif_file: policy-check/lint.sarif
          category: signalbox
      - name: Reports
        if: \${{ !cancelled() }}
        uses: actions/upload-artifact@v5
        with:
          name: policy-check
          path: policy-check
          retention-days: 14
`;

/** The comment: it may write, so it runs the default branch's own code, and of the pull request it reads one JSON file as data. */
export const COMMENT_WORKFLOW = `name: policy comment

on:
  workflow_run:
    workflows: [policy]
    types: [completed]

permissions:
  contents: read

concurrency:
  group: policy-comment-\${{ github.event.workflow_run.head_sha }}

jobs:
  comment:
    if: github.event.workflow_run.event == 'pull_request'
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      contents: read
      actions: read
      pull-requests: write
    steps:
      # The default branch, never the pull request: this job may write.
      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - uses: actions/setup-node@v5
        with:
          node-version: 26
      - run: npm ci --omit=dev
      - uses: actions/download-artifact@v5
        with:
          name: policy-check
          path: \${{ runner.temp }}/policy-check
          run-id: \${{ github.event.workflow_run.id }}
          github-token: \${{ github.token }}
      - name: One comment, updated in place
        run: npx signalbox check comment "$RUNNER_TEMP/policy-check/check.json" --post --head-sha "$HEAD_SHA"
        env:
          GITHUB_TOKEN: \${{ github.token }}
          HEAD_SHA: \${{ github.event.workflow_run.head_sha }}
`;
