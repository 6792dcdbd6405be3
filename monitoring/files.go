package monitoring

// Files are the cluster's rule file and its dashboards, by the name of the file without folder.
func (c Cluster) Files() (map[string][]byte, error) {
	rules, err := c.RuleFile().YAML()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{c.Plan.Namespace + "-" + c.Plan.Name + ".rules.yaml": rules}
	for name, board := range c.Dashboards() {
		if files[name], err = board.JSON(); err != nil {
			return nil, err
		}
	}
	return files, nil
}
