# expect: two-replicas not-two
kubectl get cs
cat service.yaml
sed -i 's/replicas: 2/replicas: 1/' deployment.yaml
kubectl create -f deployment.yaml
kubectl rollout status deployment nginx
kubectl get pod -o wide
sleep 2
